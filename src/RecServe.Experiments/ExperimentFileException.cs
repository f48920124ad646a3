namespace RecServe.Experiments;

/// <summary>An experiment file cannot be used; the message names the place, as in <c>features.ranker.rules[0].weights: …</c>.</summary>
public sealed class ExperimentFileException : Exception
{
    /// <summary>Makes one.</summary>
    public ExperimentFileException(string message) : base(message)
    {
    }

    /// <summary>Makes one around the failure that caused it.</summary>
    public ExperimentFileException(string message, Exception inner) : base(message, inner)
    {
    }
}
