//! What keeps the files of a job until they are fetched: a container that waits, with the volumes of the main one.

use std::path::Path;

use serde_json::{Value, json};

use crate::kube::object::{list, text};

/// Its name.
pub const HOLDER: &str = "artifacts";

/// Adds it to a pod. What lies in no volume of the main container gets one.
pub(super) fn hold(pod: &mut Value, paths: &[String]) {
    let mut volumes = list(pod, "/volumes").to_vec();
    let Some(main) = pod.pointer_mut("/containers/0") else { return };
    let mut mounts = list(main, "/volumeMounts").to_vec();
    for (n, path) in paths.iter().enumerate() {
        if !mounts.iter().any(|mount| Path::new(path).starts_with(text(mount, "/mountPath"))) {
            let name = format!("artifacts-{n}");
            volumes.push(json!({ "name": name, "emptyDir": {} }));
            mounts.push(json!({ "name": name, "mountPath": path }));
        }
    }
    main["volumeMounts"] = mounts.into();
    // Nobody ever writes to its stdin, so it waits; the one program that it needs is the one that reads the files.
    let mut holder = json!({
        "name": HOLDER,
        "image": main["image"],
        "command": ["tar", "-t", "-f", "-"],
        "stdin": true,
        "resources": { "requests": { "cpu": "10m", "memory": "64Mi" }, "limits": { "memory": "64Mi" } },
        "volumeMounts": main["volumeMounts"],
    });
    for key in ["imagePullPolicy", "securityContext"] {
        if let Some(value) = main.get(key) {
            holder[key] = value.clone();
        }
    }
    if let Some(containers) = pod["containers"].as_array_mut() {
        containers.push(holder);
    }
    pod["volumes"] = volumes.into();
}
