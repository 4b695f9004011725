// Cuts out of GitHub's own published descriptions what this project uses, and holds recorded GraphQL to GitHub's schema.
//
//   node .ci/contract.mjs cut FOLDER      reads FOLDER/node_modules/@octokit, writes FOLDER/rest.json
//   node .ci/contract.mjs graphql FOLDER  reads FOLDER/graphql.jsonl, which the tests wrote
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [, , command, given] = process.argv;
const folder = resolve(given);
const load = (path) => JSON.parse(readFileSync(`${folder}/node_modules/${path}`, 'utf8'));

const REPOSITORY = '/repos/{owner}/{repo}';
const OPERATIONS = [
  ['get', '/commits/{ref}'], ['get', '/compare/{basehead}'], ['get', '/git/trees/{tree_sha}'], ['get', '/git/blobs/{file_sha}'],
  ['get', '/tarball/{ref}'], ['get', '/contents/{path}'], ['get', '/pulls'], ['get', '/pulls/{pull_number}'],
  ['get', '/issues/{issue_number}/comments'], ['post', '/issues/{issue_number}/comments'],
  ['patch', '/issues/comments/{comment_id}'], ['delete', '/issues/comments/{comment_id}'],
  ['post', '/issues/{issue_number}/labels'], ['delete', '/issues/{issue_number}/labels/{name}'],
  ['post', '/check-runs'], ['patch', '/check-runs/{check_run_id}'],
  ['post', '/code-scanning/sarifs'], ['get', '/code-scanning/sarifs/{sarif_id}'],
  ['get', ''], ['get', '/issues'], ['post', '/issues'], ['patch', '/issues/{issue_number}'],
];
const ELSEWHERE = [['get', '/orgs/{org}/repos'], ['get', '/users/{username}/repos'], ['get', '/installation/repositories'], ['get', '/rate_limit']];
const EVENTS = ['pull-request-', 'merge-group-', 'push', 'workflow-run-', 'workflow-dispatch'];

// JSON Schema for OpenAPI 3.0: `nullable` becomes a choice, prose and examples go.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const { nullable, ...rest } = value;
  const kept = {};
  for (const [key, inner] of Object.entries(rest)) {
    const isWord = typeof inner === 'string' || key === 'example' || key === 'examples' || key === 'externalDocs';
    if ((isWord && ['description', 'example', 'examples', 'externalDocs', 'title'].includes(key)) || key.startsWith('x-')) continue;
    kept[key] = key === 'enum' || key === 'const' ? inner : plain(inner);
  }
  return nullable ? { anyOf: [kept, { type: 'null' }] } : kept;
}

// What the kept parts refer to, and what that refers to.
function reachable(parts, all) {
  const found = {};
  const visit = (value) => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      const name = key === '$ref' && typeof inner === 'string' && inner.startsWith('#/components/schemas/') ? inner.split('/')[3] : null;
      if (name === null) visit(inner);
      else if (!(name in found)) {
        found[name] = plain(all[name]);
        visit(found[name]);
      }
    }
  };
  visit(parts);
  return found;
}

function schemas(content) {
  return Object.fromEntries(Object.entries(content ?? {}).filter(([, media]) => media.schema).map(([type, media]) => [type, plain(media.schema)]));
}

function cut() {
  const api = load('@octokit/openapi/generated/api.github.com.json');
  const follow = (part) => (part.$ref ? part.$ref.slice(2).split('/').reduce((at, name) => at[name], api) : part);
  const paths = [...OPERATIONS.map(([method, path]) => [method, REPOSITORY + path]), ...ELSEWHERE];
  const operations = paths.map(([method, path]) => {
    const operation = api.paths[path]?.[method];
    if (!operation) throw new Error(`GitHub's description has no ${method} ${path}`);
    return {
      method: method.toUpperCase(),
      path,
      parameters: [...(api.paths[path].parameters ?? []), ...(operation.parameters ?? [])].map(follow).map((parameter) => ({ name: parameter.name, in: parameter.in, schema: plain(parameter.schema) })),
      request: plain(operation.requestBody?.content?.['application/json']?.schema ?? null),
      responses: Object.fromEntries(Object.entries(operation.responses).map(([status, answer]) => [status, schemas(follow(answer).content)])),
    };
  });
  const hooks = load('@octokit/openapi-webhooks/generated/api.github.com.json');
  const names = Object.keys(hooks.components.schemas).filter((name) => EVENTS.some((event) => name === `webhook-${event}` || (event.endsWith('-') && name.startsWith(`webhook-${event}`))));
  const events = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/schemas/${name}` }]));
  writeFileSync(`${folder}/rest.json`, JSON.stringify({ operations, components: { schemas: reachable(operations, api.components.schemas) } }));
  writeFileSync(`${folder}/webhooks.json`, JSON.stringify({ events, components: { schemas: reachable(events, hooks.components.schemas) } }));
  const version = (name) => load(`@octokit/${name}/package.json`).version;
  console.log(`${operations.length} operations of @octokit/openapi ${version('openapi')}, ${names.length} payloads of @octokit/openapi-webhooks ${version('openapi-webhooks')}`);
}

function graphql() {
  const require = createRequire(`${folder}/`);
  const { buildSchema, parse, validate, executeSync } = require('graphql');
  const schema = buildSchema(readFileSync(`${folder}/node_modules/@octokit/graphql-schema/schema.graphql`, 'utf8'), { assumeValidSDL: true }); // it defines two fields twice
  const lines = [...new Set(readFileSync(`${folder}/graphql.jsonl`, 'utf8').split('\n').filter(Boolean))];
  let wrong = 0;
  for (const line of lines) {
    const { query, variables, answer } = JSON.parse(line);
    const document = parse(query);
    const errors = [...validate(schema, document)];
    if (errors.length === 0 && answer?.data) {
      // The answer, read as the server's own executor would complete it: wrong types and nulls where none may be show as errors.
      const fieldResolver = (source, _arguments, _context, info) => source[info.path.key];
      const result = executeSync({ schema, document, rootValue: answer.data, variableValues: variables, fieldResolver, typeResolver });
      errors.push(...(result.errors ?? []));
      if (!answer.errors && JSON.stringify(sorted(result.data)) !== JSON.stringify(sorted(answer.data))) errors.push(new Error('the answer has fields that were not asked for, or lacks some'));
    }
    for (const error of errors) {
      wrong += 1;
      console.error(`${error.message}\n  in ${query.slice(0, 300)}\n  answered ${JSON.stringify(answer).slice(0, 300)}`);
    }
  }
  console.log(`${lines.length} GraphQL questions with their answers held to GitHub's schema, ${wrong} errors`);
  if (lines.length === 0 || wrong > 0) process.exit(1);
}

// Where a field may be of several types, the tests' server answers with one of these two.
function typeResolver(value) {
  return 'login' in value ? 'User' : 'Blob';
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

({ cut, graphql })[command]();
