mod damage;
mod numbers;
mod parts;
mod runs;
mod tables;
