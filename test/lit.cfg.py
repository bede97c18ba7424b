"""lit's configuration of the suites under test/.

Run through a build folder, which says where the tools are:
    python3 /usr/lib/llvm-19/build/utils/lit/lit.py build/release/test
or one file of it: ... build/release/test/cli/version.test
"""

import os
import resource
import subprocess
import tempfile

import lit.formats

if not hasattr(config, "omni_build"):
    lit_config.fatal("run lit on <build folder>/test, not on the source folder")

config.name = "omni"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".omni", ".ll", ".test"]
# examples and docs have runners of their own (run.py, run_docs.py)
config.excludes = ["examples", "docs", "unit", "fuzz", "model", "bench", "Inputs"]
config.test_source_root = os.path.join(config.omni_source, "test")
config.test_exec_root = os.path.join(config.omni_build, "test", "lit")

env = config.environment
env["PATH"] = os.pathsep.join(
    [os.path.join(config.omni_build, "bin"), config.llvm_bin, "/usr/bin", "/bin"]
)
env["LC_ALL"] = "C.UTF-8"
for name in list(env):
    if name.startswith("OMNI_"):
        del env[name]
# the tools' own exit status is what tests look at, so a leak must not hide it
env["UBSAN_OPTIONS"] = "print_stacktrace=1"
env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "")

config.substitutions.append(("%cc", config.omni_cc))
config.substitutions.append(("%runtime", os.path.join(config.omni_build, "lib", "omni")))
config.substitutions.append(("%source", config.omni_source))

config.available_features.add("release" if not config.omni_debug else "debug")
if config.omni_sanitize:
    config.available_features.add("sanitizers")
    config.available_features.add("asan" if "address" in config.omni_sanitize else "tsan")



def can_mount():
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", folder],
                                 capture_output=True).returncode == 0
        return mounted and subprocess.run(["umount", folder]).returncode == 0


if os.geteuid() == 0 and can_mount():
    config.available_features.add("mount")

# A compile or a run that hangs is a failure, not a hung suite. Every process
# that loops is ended by its CPU limit; lit's own limit, which also ends what
# waits, needs python3-psutil.
cpu_seconds = 150 if config.omni_sanitize else 30
resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
if lit_config.maxIndividualTestTimeIsSupported[0]:
    lit_config.maxIndividualTestTime = 2 * cpu_seconds
