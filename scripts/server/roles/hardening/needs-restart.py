"""Tells unattended-upgrades that the server has to be restarted when daemons still run the files of before, as Debian's packages don't."""

import glob
import re

# Code that is mapped from a file which an upgrade has replaced, as /proc/PID/maps shows it.
REPLACED = re.compile(r"^\S+ r-xp .* /usr/.* \(deleted\)$", re.MULTILINE)


def read(path):
    """The text of a file in /proc; empty when its process has ended."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def is_daemon(process):
    """Sessions of people end by themselves, and so does the upgrade."""
    group = read(f"{process}/cgroup")
    return ("/system.slice/" in group or "/init.scope" in group) and "/apt-daily-upgrade.service" not in group


class UnattendedUpgradesPluginNeedsRestart:
    """Found by its name; called when all packages are installed, before it is asked whether a restart is due."""

    def postrun(self, result):
        upgraded = result["packages_upgraded"]
        outdated = [
            process for process in glob.glob("/proc/[0-9]*") if is_daemon(process) and REPLACED.search(read(f"{process}/maps"))
        ]
        if upgraded and outdated:
            with open("/run/reboot-required", "a", encoding="utf-8"):
                pass
            with open("/run/reboot-required.pkgs", "a", encoding="utf-8") as packages:
                packages.write("".join(f"{package}\n" for package in upgraded))
