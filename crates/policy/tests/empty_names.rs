//! A placeholder needs the name of its claim or of its value: one without would never have a value. Real: the whole crate.

use tvm_config::Config;

#[test]
fn a_placeholder_without_the_name_of_a_claim_or_a_value_is_refused() {
    for (placeholder, accepted) in
        [("{claims.}", false), ("{context.}", false), ("{claims.plan}", true), ("{context.plan}", true)]
    {
        let text =
            format!("auth = \"LambdaAuthorizer\"\n[[permissions]]\ncache = \"c-{placeholder}\"\nrole = \"ReadOnly\"\n");
        assert_eq!(Config::parse("f", &text).is_ok(), accepted, "{placeholder}");
    }
}
