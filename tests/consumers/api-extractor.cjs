// Prints the types that the package shows and does not export, one a line; its folder is the argument. Not below a folder
// node_modules: there, API Extractor takes every file for somebody else's.
const { join } = require('node:path');
const { Extractor, ExtractorConfig } = require('@microsoft/api-extractor');

const [, , folder] = process.argv;
const packageJsonFullPath = join(folder, 'package.json');
const entry = join(folder, require(packageJsonFullPath).types);
const compilerOptions = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true };
const config = ExtractorConfig.prepare({
  configObject: {
    projectFolder: folder,
    mainEntryPointFilePath: entry,
    compiler: { overrideTsconfig: { compilerOptions: { ...compilerOptions, types: ['node'] }, files: [entry] } },
    apiReport: { enabled: false },
    docModel: { enabled: false },
    tsdocMetadata: { enabled: false },
    // Without something to write, it looks at nothing.
    dtsRollup: { enabled: true, untrimmedFilePath: join(folder, 'rollup.d.ts') },
    messages: { extractorMessageReporting: { 'ae-forgotten-export': { logLevel: 'warning' } } },
  },
  configObjectFullPath: undefined,
  packageJsonFullPath,
});
const counted = {};
Extractor.invoke(config, {
  messageCallback(message) {
    counted[message.category] = (counted[message.category] ?? 0) + 1;
    if (message.messageId === 'ae-forgotten-export' || message.category === 'Compiler') console.log(message.text);
    message.handled = true;
  },
});
// It looked at something: every export lacks the release tags that this project does not use.
if (!counted.Extractor) throw new Error(`API Extractor found nothing to look at in ${entry}`);
