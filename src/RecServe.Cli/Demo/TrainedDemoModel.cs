namespace RecServe.Cli.Demo;

/// <summary>What training one model of the demo gave.</summary>
/// <param name="Model">The model.</param>
/// <param name="TestAuc">AUC on the test impressions.</param>
/// <param name="Seconds">Time that training took.</param>
internal sealed record TrainedDemoModel(DemoModel Model, double TestAuc, double Seconds);
