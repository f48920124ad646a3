namespace RecServe.Artifacts;

/// <summary>A package cannot be read or written; the message names the file, the tensor or field, and what was expected.</summary>
public sealed class PackageException : Exception
{
    /// <summary>Makes one.</summary>
    public PackageException(string message) : base(message)
    {
    }

    /// <summary>Makes one around the failure that caused it.</summary>
    public PackageException(string message, Exception inner) : base(message, inner)
    {
    }
}
