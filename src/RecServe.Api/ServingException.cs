namespace RecServe.Api;

/// <summary>The server cannot start; the message names the option, file or package and what was expected, for the person who started it.</summary>
public sealed class ServingException : Exception
{
    /// <summary>Makes one.</summary>
    public ServingException(string message) : base(message)
    {
    }

    /// <summary>Makes one around the failure that caused it.</summary>
    public ServingException(string message, Exception inner) : base(message, inner)
    {
    }
}
