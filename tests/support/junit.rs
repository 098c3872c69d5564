//! What JUnit's XML may hold, so that Jenkins takes it: the elements, attributes and times of jenkinsci/xunit-plugin's
//! `junit-10.xsd`, as far as we write them; and that the counts are true.

use super::World;

const RULES: &str = r#"
import re, sys
from xml.etree import ElementTree

COUNTS = {"tests", "failures", "errors"}
# Of each element: what it may hold, what attributes it may have, and which it must have.
MAY = {
    "testsuites": ({"testsuite"}, COUNTS | {"name", "time"}, set()),
    "testsuite": ({"testcase", "system-out", "system-err"}, COUNTS | {"name", "time", "skipped", "timestamp", "hostname"}, COUNTS | {"name"}),
    "testcase": ({"skipped", "error", "failure", "system-out", "system-err"}, {"name", "classname", "time"}, {"name"}),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
    "system-err": (set(), set(), set()),
}
TEXT = {"failure", "error", "skipped", "system-out", "system-err"}


def look(element, path):
    path = f"{path}/{element.tag}"
    inside, may, must = MAY[element.tag]
    assert set(element.attrib) <= may and must <= set(element.attrib), f"{path}: {element.attrib}"
    assert all(child.tag in inside for child in element), f"{path}: {[child.tag for child in element]}"
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    assert element.tag in TEXT or not text.strip(), f"{path}: text {text!r}"
    assert re.fullmatch(r"[0-9]+\.[0-9]{3}", element.get("time", "0.000")), f"{path}: time {element.get('time')}"
    if "tests" in element.attrib:
        many = lambda tag: str(sum(1 for _ in element.iter(tag)))
        true = {"tests": many("testcase"), "failures": many("failure"), "errors": many("error"), "skipped": many("skipped")}
        assert all(element.get(key, count) == count for key, count in true.items()), f"{path}: {element.attrib}, but {true}"
    for child in element:
        look(child, path)


root = ElementTree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites", root.tag
look(root, "")
"#;

/// Fails when the file breaks a rule.
#[track_caller]
pub fn holds(world: &World, file: &str) {
    let looked = world.command("python3", &world.repo()).args(["-c", RULES, file]).output().unwrap();
    assert!(looked.status.success(), "{}\n{}", String::from_utf8_lossy(&looked.stderr), world.read(file));
}
