mod again;
mod attacks;
mod cards;
mod facts;
mod packages;
mod statements;
mod vouching;
mod way;
