
use builtin;
use str;

set edit:completion:arg-completer[instep] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'instep'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'instep'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand completions 'Print the script that completes instep''s words in a shell'
            cand config 'Print the merged configuration, each value with where it was written'
            cand docker-build 'Build the images of the repo, and push them with --push'
            cand docker-push 'Push the images that are built'
            cand doctor 'Tell what this repo needs, whether it is there, and the cure where it is not'
            cand kube-apply 'Deploy to an environment: apply, wait until it serves, take it back if it fails'
            cand kube-render 'Print the Kubernetes manifests of an environment, or write them to a folder'
            cand kube-status 'Show the newest release in an environment, and what runs of it'
            cand list 'List the repo''s tasks and the built-in commands'
            cand new-service 'Make a new repo from a scaffold'
            cand run-local 'Start the service on this machine; Ctrl-C stops everything'
            cand schema 'Print the JSON Schema of instep.toml'
            cand smoke-test 'Check a running service: TARGET_URL, an environment, or the local run'
            cand tour 'Show the whole way of a service, each command printed before it runs'
            cand why 'Tell why a task would run, or not'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'instep;completions'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --static 'A file that knows the built-in commands only, for packages'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;config'= {
            cand --environment 'As it holds in this environment'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;docker-build'= {
            cand --build-arg 'Set a build argument, over those of instep.toml'
            cand --network 'The network of the build''s containers, such as host'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --push 'Push the images too'
            cand --no-cache 'Use nothing of earlier builds'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;docker-push'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;doctor'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;kube-apply'= {
            cand --image 'The image to run, instead of the one of HEAD''s commit'
            cand --confirm 'Yes, this protected environment is meant'
            cand --timeout 'How long to wait, such as 5m; default: what the workloads may take'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;kube-render'= {
            cand --image 'The image to name, instead of the one that this version has'
            cand --output-dir 'Write a file per object into this folder'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;kube-status'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;list'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --all 'Hidden tasks too'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;new-service'= {
            cand --scaffold 'The scaffold: an embedded one, or a folder (with a slash)'
            cand --set 'Answer a question of the scaffold'
            cand --dir 'The folder of the new repo; default: ./NAME'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;run-local'= {
            cand --port 'The port to serve on, or `auto` for a free one; default: service.port'
            cand --exec 'Run this command when the service is ready, then stop the service; its exit code is passed on. Takes the rest of the line'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --status 'Tell whether the service runs here, and where'
            cand --stop 'Stop the run of this repo'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;schema'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --markdown 'The reference as a page in Markdown instead'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;smoke-test'= {
            cand --check 'Only this check; can be given several times'
            cand --deadline 'How long the whole run may take; default: smoke-test.deadline, else 30s'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;tour'= {
            cand --scaffold 'The scaffold; default: the first whose toolchain is here'
            cand --context 'Deploy to this context of the kubeconfig; default: one whose cluster is on this machine'
            cand --build-arg 'Set a build argument, such as the base image where public ones can''t be pulled'
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;why'= {
            cand -C 'Run as if started in this folder'
            cand --output 'How results are printed'
            cand --color 'When to colour: auto, always, never'
            cand --jobs 'How many tasks run at once; default: as many as there are processors'
            cand -e 'Set an environment variable for what is run'
            cand --env 'Set an environment variable for what is run'
            cand --config 'Set a key of instep.toml for this run'
            cand --dry-run 'Print what would be done, as a script that a person could run, and do nothing'
            cand -v 'Say more; twice: even more'
            cand --verbose 'Say more; twice: even more'
            cand -q 'Only results and errors'
            cand --quiet 'Only results and errors'
            cand --yes 'Answer harmless questions with yes'
            cand --force 'Run tasks that are up to date too'
            cand --keep-going 'After a failure, go on with what does not need the failed task'
            cand --no-needs 'Only the command itself, not the tasks that it needs here'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'instep;help'= {
            cand completions 'Print the script that completes instep''s words in a shell'
            cand config 'Print the merged configuration, each value with where it was written'
            cand docker-build 'Build the images of the repo, and push them with --push'
            cand docker-push 'Push the images that are built'
            cand doctor 'Tell what this repo needs, whether it is there, and the cure where it is not'
            cand kube-apply 'Deploy to an environment: apply, wait until it serves, take it back if it fails'
            cand kube-render 'Print the Kubernetes manifests of an environment, or write them to a folder'
            cand kube-status 'Show the newest release in an environment, and what runs of it'
            cand list 'List the repo''s tasks and the built-in commands'
            cand new-service 'Make a new repo from a scaffold'
            cand run-local 'Start the service on this machine; Ctrl-C stops everything'
            cand schema 'Print the JSON Schema of instep.toml'
            cand smoke-test 'Check a running service: TARGET_URL, an environment, or the local run'
            cand tour 'Show the whole way of a service, each command printed before it runs'
            cand why 'Tell why a task would run, or not'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'instep;help;completions'= {
        }
        &'instep;help;config'= {
        }
        &'instep;help;docker-build'= {
        }
        &'instep;help;docker-push'= {
        }
        &'instep;help;doctor'= {
        }
        &'instep;help;kube-apply'= {
        }
        &'instep;help;kube-render'= {
        }
        &'instep;help;kube-status'= {
        }
        &'instep;help;list'= {
        }
        &'instep;help;new-service'= {
        }
        &'instep;help;run-local'= {
        }
        &'instep;help;schema'= {
        }
        &'instep;help;smoke-test'= {
        }
        &'instep;help;tour'= {
        }
        &'instep;help;why'= {
        }
        &'instep;help;help'= {
        }
    ]
    $completions[$command]
}
