// The node-<platform> packages write `os` and `cpu` as text where pnpm reads only lists, so it installed Windows' Node on Linux too.
export const hooks = {
  readPackage(pkg) {
    if (/^node-(linux|win)-/.test(pkg.name)) Object.assign(pkg, { os: [pkg.os].flat(), cpu: [pkg.cpu].flat() });
    return pkg;
  },
};
