mod attacks;
mod cards;
mod packages;
mod statements;
mod way;
