namespace RecServe.Training.Data;

/// <summary>A data file cannot be used; the message names the file, the line and column where there is one, and what was expected.</summary>
public sealed class DataFileException : Exception
{
    /// <summary>Makes one.</summary>
    public DataFileException(string message) : base(message)
    {
    }

    /// <summary>Makes one around the failure that caused it.</summary>
    public DataFileException(string message, Exception inner) : base(message, inner)
    {
    }
}
