mod damage;
mod numbers;
mod runs;
mod tables;
