// The folder of this file. It is CommonJS in the repository (ES modules) and in the published package (CommonJS) alike: an ES
// module would need `import.meta`, which CommonJS has not.
exports.here = __dirname;
