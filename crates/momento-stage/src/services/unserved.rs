//! Saying of a method that it is not served.
//!
//! A trait generated from Momento's protocol wants every method of its service. The macro writes those that the stage
//! does not serve, so that a service's file shows what it serves, and then a list.

/// `impl`s a service's trait: the methods written out, and those under `unserved`, which answer UNIMPLEMENTED.
macro_rules! serving {
    (
        impl $service:ident for $server:ty { $($served:tt)* }
        unserved { $($method:ident($request:ty) -> $response:ty;)* }
    ) => {
        #[tonic::async_trait]
        impl $service for $server {
            $($served)*

            $(async fn $method(&self, _: Request<$request>) -> Result<Response<$response>, Status> {
                // The gate, which knows the name that the protocol has for the method, puts it into a sentence.
                Err(Status::unimplemented(""))
            })*
        }
    };
}

pub(super) use serving;
