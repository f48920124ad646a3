namespace RecServe.Cli;

/// <summary>
/// The command line asks for something that cannot be: options that contradict each other, a value out of its range.
/// The message is shown alone, with a hint to <c>--help</c>; the exit code is <see cref="ExitCode.Usage"/>.
/// </summary>
internal sealed class UsageException : Exception
{
    /// <summary>Makes one; <paramref name="message"/> names the option, its value and what was expected.</summary>
    public UsageException(string message) : base(message)
    {
    }
}
