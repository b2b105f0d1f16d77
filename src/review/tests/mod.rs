mod attacks;
mod statements;
mod way;
