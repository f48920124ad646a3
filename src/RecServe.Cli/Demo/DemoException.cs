namespace RecServe.Cli.Demo;

/// <summary>The demo could not do what it shows; the message says what happened.</summary>
internal sealed class DemoException(string message) : Exception(message);
