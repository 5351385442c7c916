// A plugin of this project: every script that yarn runs is greeted.
module.exports = {
  name: "greeting",
  factory: () => ({
    hooks: {
      setupScriptEnvironment(project, environment) {
        environment.GREETING = "the plugin says hello";
      },
    },
  }),
};
