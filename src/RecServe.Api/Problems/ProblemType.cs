namespace RecServe.Api.Problems;

/// <summary>A kind of problem (RFC 9457): <c>type</c> is <c>/problems/{Slug}</c>, which the server answers with a page.</summary>
/// <param name="Slug">Public name; never changes its meaning.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">One line, the same for every occurrence.</param>
/// <param name="Meaning">What happened and what the caller can do about it; shown on the page.</param>
internal sealed record ProblemType(string Slug, int Status, string Title, string Meaning)
{
    /// <summary>The relative URI that stands in <c>type</c>.</summary>
    public string Uri { get; } = "/problems/" + Slug;
}
