using RecServe.Api.Rank;

namespace RecServe.Api.Tests;

/// <summary>Bytes that ranking allocates a request in its steady state.</summary>
internal static class PipelineAllocations
{
    private const int Requests = 32;

    /// <param name="pipeline">A server's.</param>
    /// <param name="body">The request, sent again and again: the pipeline may write into it.</param>
    /// <param name="scratch">Reused between requests.</param>
    /// <param name="check">Called after each request.</param>
    public static long PerRequest(RankPipeline pipeline, byte[] body, RequestScratch scratch, Action? check = null)
    {
        byte[] copy = new byte[body.Length];
        return Allocations.Least(
            () =>
            {
                for (int n = 0; n < Requests; n++)
                {
                    body.CopyTo(copy, 0);
                    scratch.ResetOutput();
                    Assert.Null(pipeline.Rank(copy, 0, copy.Length, null, 0, scratch));
                    check?.Invoke();
                }
            },
            warm: 2) / Requests;
    }
}
