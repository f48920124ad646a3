namespace RecServe.Experiments;

/// <summary>An experiment file, or a definition, cannot be used; the message names the place, as in <c>features.ranker.rules[0].weights: …</c>.</summary>
public sealed class ExperimentFileException : Exception
{
    /// <summary>Makes one of the whole text.</summary>
    public ExperimentFileException(string message) : this("", message)
    {
    }

    /// <summary>Makes one of a member.</summary>
    public ExperimentFileException(string place, string reason) : base(place.Length == 0 ? reason : $"{place}: {reason}") => (Place, Reason) = (place, reason);

    /// <summary>Makes one around the failure that caused it.</summary>
    public ExperimentFileException(string message, Exception inner) : base(message, inner) => Reason = message;

    /// <summary>Path of the member at fault; empty where it is the whole.</summary>
    public string Place { get; } = "";

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
