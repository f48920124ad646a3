namespace RecServe.Training;

/// <summary>Training cannot go on, or cannot start; the message names the option, field or epoch and what was expected.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Makes one.</summary>
    public TrainingException(string message) : base(message)
    {
    }
}
