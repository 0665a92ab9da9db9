import { existsSync, readFileSync } from 'node:fs';

/** What a person does about a sandbox that cannot be made on this host, most likely cause first. */
export function sandboxMend(): string {
  const off = 'or say LONGRUN_SANDBOX=off, and generated scripts run with your rights';
  if (process.platform !== 'linux') return `bubblewrap needs Linux: run the gpu worker in a container, ${off}`;
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) {
    return 'inside a container the container itself is the sandbox: say LONGRUN_SANDBOX=off there, or allow it to make namespaces';
  }
  if (readNumber('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1) {
    return `AppArmor forbids it: install the profile bwrap-userns-restrict (Ubuntu: apt install apparmor-profiles, then copy it to /etc/apparmor.d and reload), ${off}`;
  }
  if (
    readNumber('/proc/sys/kernel/unprivileged_userns_clone') === 0 ||
    readNumber('/proc/sys/user/max_user_namespaces') === 0
  ) {
    return `this kernel forbids user namespaces: allow them (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000), ${off}`;
  }
  return `install bubblewrap (Debian, Ubuntu: apt install bubblewrap) or point LONGRUN_BWRAP at one that works, ${off}`;
}

/** Null where the kernel has no such setting. */
function readNumber(file: string): number | null {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null;
}
