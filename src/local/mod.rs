//! The local dockerized environment: images, services, build, up, down, doctor.
