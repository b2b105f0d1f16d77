mod damage;
mod runs;
mod tables;
