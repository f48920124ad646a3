using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace RecServe.Api.Tests;

public sealed class OptionsPageTests
{
    [Fact]
    public void Options_page_lists_every_option_with_its_default()
    {
        string[] page = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "formats", "http-api.md"));
        var defaults = new ServingOptions();
        IEnumerable<string> expected = typeof(ServingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => $"| {p.Name} | {p.GetValue(defaults)} |");
        foreach (string row in expected)
            Assert.Single(page, line => line.StartsWith(row, StringComparison.Ordinal));
        Assert.Equal(expected.Count(), page.SkipWhile(line => line != "| option | default | meaning |").Skip(2).Count(line => line.StartsWith('|')));
    }

    [Fact]
    public void Options_every_number_has_a_range_that_holds_its_default()
    {
        var defaults = new ServingOptions();
        foreach (PropertyInfo option in typeof(ServingOptions).GetProperties().Where(p => p.PropertyType == typeof(int)))
            Assert.True(option.GetCustomAttribute<RangeAttribute>()?.IsValid(option.GetValue(defaults)), option.Name);
    }
}
