//! JupyterLab in an image of the project: which image, and the server in its container.

mod image;
mod server;

pub use image::notebook_image;
pub use server::Server;
