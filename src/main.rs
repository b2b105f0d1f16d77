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
        Ok(runtime) => {
            let exit = runtime.block_on(cli::run(args));
            // Who reads a terminal that is gone may never come back from it, and what is left half way must not find that
            // nobody keeps its time any more: all ends with the process.
            std::mem::forget(runtime);
            exit
        }
        Err(error) => {
            let what = "cannot start the threads that Greenroom works with";
            Output::new(json).error(&UserError::from_error(Exit::NotReady, what, &error))
        }
    }
}
