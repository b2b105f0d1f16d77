use greenroom::cli::{self, Exit, Output, UserError, args};

/// A plan of 10,000 steps is a million small pieces of memory, and takes a third longer with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    cli::complete::answer();
    let args = match args::parse() {
        Ok(args) => args,
        Err(exit) => return exit,
    };
    let json = args.global.json;
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(cli::run(args)),
        Err(error) => {
            let what = "cannot start the threads that Greenroom works with";
            Output::new(json).error(&UserError::from_error(Exit::NotReady, what, &error))
        }
    }
}
