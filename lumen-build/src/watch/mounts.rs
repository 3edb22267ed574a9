//! Which file systems tell of no changes that are made elsewhere: those of the network and of a virtual machine's host.

use std::path::{Path, PathBuf};

/// Types as `/proc/self/mountinfo` has them.
const REMOTE: [&str; 14] = [
    "9p", "afs", "beegfs", "ceph", "cifs", "lustre", "nfs", "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf",
    "virtiofs", "vmhgfs",
];

/// The type of the file system that a path lies on, if it is one that tells of no changes; from the text of
/// `/proc/self/mountinfo` (proc(5)). The path is absolute and without links.
pub(crate) fn remote_type<'m>(mountinfo: &'m str, path: &Path) -> Option<&'m str> {
    let mounts = mountinfo.lines().filter_map(mount);
    let holding = mounts.filter(|(place, _)| path.starts_with(place));
    // Of several mounts at one place the last one is seen.
    let (_, kind) = holding.max_by_key(|(place, _)| place.components().count())?;
    (REMOTE.contains(&kind) || kind.starts_with("fuse.")).then_some(kind)
}

/// Place and type of a mount: `36 35 98:0 /root /place rw,noatime master:1 - ext4 /dev/sda rw`.
fn mount(line: &str) -> Option<(PathBuf, &str)> {
    let (before, after) = line.split_once(" - ")?;
    let place = before.split(' ').nth(4)?;
    Some((PathBuf::from(unescaped(place)), after.split(' ').next()?))
}

/// Spaces, tabs, line ends and backslashes are written as `\` and three octal digits.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, character)| {
            text.replace(code, character)
        })
}

#[cfg(test)]
mod tests {
    use super::remote_type;
    use std::path::Path;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /home rw - nfs4 server:/home rw
31 30 8:2 / /home/local\\040disk rw - ext4 /dev/sdb1 rw
40 22 0:50 / /mnt/c rw - 9p C:\\134 rw
41 22 0:51 / /mnt/far rw,nosuid shared:7 master:2 - fuse.sshfs far:/ rw
42 22 0:52 / /mnt/stick rw - fuseblk /dev/sdc1 rw
43 22 0:53 / /work rw - nfs server:/work rw
44 43 8:3 / /work rw - xfs /dev/sdd1 rw
not a mount
";

    #[test]
    fn the_innermost_mount_decides() {
        for (path, kind) in [
            ("/", None),
            ("/home/user/project", Some("nfs4")),
            ("/home/local disk/project", None),
            ("/homes", None),
            ("/mnt/c/project", Some("9p")),
            ("/mnt/far", Some("fuse.sshfs")),
            ("/mnt/stick/project", None),
            ("/srv/project", None),
        ] {
            assert_eq!(remote_type(MOUNTS, Path::new(path)), kind, "{path}");
        }
    }
}
