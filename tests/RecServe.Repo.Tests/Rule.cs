namespace RecServe.Repo.Tests;

/// <summary>Asserts that nothing breaks a rule, and otherwise names every offence in full (xunit's own message cuts them short).</summary>
internal static class Rule
{
    /// <summary>Fails with the list unless it is empty.</summary>
    public static void HasNoOffence(IEnumerable<string> offences)
    {
        var list = offences.ToArray();
        Assert.True(list.Length == 0, $"{list.Length} against the rule:\n  {string.Join("\n  ", list)}");
    }
}
