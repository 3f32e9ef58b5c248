// As Microsoft runs them: Jest with Jasmine's runner, every file that ends in Tests.ts.
module.exports = {
  testEnvironment: "node",
  testRunner: "jest-jasmine2",
  testRegex: "/ts/[^/]*Tests\\.ts$",
  moduleFileExtensions: ["ts", "js", "cjs", "json", "node"],
  transform: { "\\.[jt]s$": "./transform.cjs" },
  // The tests reach into the client's ES modules.
  transformIgnorePatterns: ["/node_modules/(?!@microsoft/)"],
};
