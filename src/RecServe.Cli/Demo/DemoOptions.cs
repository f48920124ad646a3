namespace RecServe.Cli.Demo;

/// <summary>How the demo is run.</summary>
internal sealed record DemoOptions
{
    /// <summary>Port on 127.0.0.1; 0 picks a free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Rankings that the simulated shoppers ask for.</summary>
    public int Rankings { get; init; } = 20_000;

    /// <summary>Brokers that row updates go through; null for the log in the server's memory.</summary>
    public string? Kafka { get; init; }

    /// <summary>Do everything once, ask the server one question, check the answers and end.</summary>
    public bool Check { get; init; }

    /// <summary>Threads that train.</summary>
    public int Threads { get; init; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>The market.</summary>
    public MarketOptions Market { get; init; } = new();
}
