//! The only room that knows bollard: connect, images, containers, services.
