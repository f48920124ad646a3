using Microsoft.AspNetCore.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Http;

/// <summary>Lets at most <see cref="ServingOptions.MaxInFlight"/> requests work at a time: beyond that a quick refusal is worth more than a queue.</summary>
internal sealed class InFlightGate(ServingOptions options)
{
    private int _inFlight;

    /// <summary>Requests being answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Wraps an endpoint.</summary>
    public RequestDelegate Guard(RequestDelegate endpoint) => async context =>
    {
        if (Interlocked.Increment(ref _inFlight) > options.MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            context.Response.Headers.RetryAfter = options.RetryAfterSeconds.ToString();
            await ProblemResponse.WriteAsync(context, new Problem(ProblemTypes.Overloaded, $"{options.MaxInFlight} requests are being answered, the limit; retry after {options.RetryAfterSeconds} s"));
            return;
        }

        try
        {
            await endpoint(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    };
}
