//! Writing out what a service serves, and saying of a method that it is not served.
//!
//! A trait generated from Momento's protocol wants every method of its service. The macro writes those that hand their
//! message to a method of the same name, and those that the stage does not serve, so that a service's file shows what it
//! serves, and then two lists.

/// `impl`s a service's trait: the methods written out; those under `served`, which answer what the method of the same
/// name makes of metadata and message; and those under `unserved`, which answer UNIMPLEMENTED.
macro_rules! serving {
    (
        impl $service:ident for $server:ty { $($written:tt)* }
        $(served { $($name:ident($asked:ty) -> $answer:ty;)* })?
        unserved { $($method:ident($request:ty) -> $response:ty;)* }
    ) => {
        #[tonic::async_trait]
        impl $service for $server {
            $($written)*

            $($(async fn $name(&self, request: Request<$asked>) -> Result<Response<$answer>, Status> {
                let (metadata, _, request) = request.into_parts();
                Ok(Response::new(self.$name(&metadata, request)?))
            })*)?

            $(async fn $method(&self, _: Request<$request>) -> Result<Response<$response>, Status> {
                // The gate, which knows the name that the protocol has for the method, puts it into a sentence.
                Err(Status::unimplemented(""))
            })*
        }
    };
}

pub(super) use serving;
