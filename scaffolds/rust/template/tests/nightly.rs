use std::process::Command;

#[test]
fn nightly_ends_well() {
    let ran = Command::new(env!("CARGO_BIN_EXE_{= name =}")).arg("nightly").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("\"message\":\"done\""));
}
