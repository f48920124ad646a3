namespace RecServe.Features;

/// <summary>A data schema cannot be used; the message names the file, the member's path and what was expected.</summary>
public sealed class SchemaException : Exception
{
    /// <summary>Makes one.</summary>
    public SchemaException(string message) : base(message)
    {
    }

    /// <summary>Makes one around the failure that caused it.</summary>
    public SchemaException(string message, Exception inner) : base(message, inner)
    {
    }
}
