namespace RecServe.Repo.Tests.Documentation;

/// <summary>
/// A fenced bash block. The comment before it says how the tests treat it: nothing, it is run; <c>not run: reason</c>;
/// <c>background until URL</c>, it is started, and the next block runs once the URL answers.
/// </summary>
/// <param name="Line">Line of the opening fence.</param>
/// <param name="Commands">What a reader would copy.</param>
/// <param name="Comment">Text of the HTML comment just before the block, or empty.</param>
internal sealed record BashBlock(int Line, string Commands, string Comment)
{
    private const string NotRun = "not run:";
    private const string Background = "background until ";

    /// <summary>The tests run it.</summary>
    public bool IsRun => !Comment.StartsWith(NotRun, StringComparison.Ordinal);

    /// <summary>Why not; empty when it is run.</summary>
    public string Reason => IsRun ? "" : Comment[NotRun.Length..].Trim();

    /// <summary>The address that answers once the block's server is up; null for a block that ends by itself.</summary>
    public string? ReadyUrl => Comment.StartsWith(Background, StringComparison.Ordinal) ? Comment[Background.Length..].Trim() : null;
}
