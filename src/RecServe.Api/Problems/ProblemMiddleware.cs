using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RecServe.Api.Http;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Problems;

/// <summary>The one catch of the server: whatever an endpoint did not answer itself leaves as a problem document, never as a stack trace.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        Problem? problem = null;
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.ContentLength is null)
            {
                problem = context.Response.StatusCode switch
                {
                    StatusCodes.Status404NotFound =>
                        new Problem(ProblemTypes.NotFound, $"nothing is served at {context.Request.Path}; /openapi/v1.json lists what is"),
                    StatusCodes.Status405MethodNotAllowed =>
                        new Problem(ProblemTypes.MethodNotAllowed, $"{context.Request.Path} takes {context.Response.Headers.Allow}, not {context.Request.Method}"),
                    _ => null,
                };
            }
        }
        catch (BadHttpRequestException failure)
        {
            problem = new Problem(ProblemTypes.UnreadableBody, failure.StatusCode == StatusCodes.Status408RequestTimeout
                ? $"the body arrived too slowly: it must come at {RequestBody.SlowestRate.BytesPerSecond} bytes a second after the first {RequestBody.SlowestRate.GracePeriod.TotalSeconds} s"
                : failure.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // the client has gone; there is nobody to answer
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.RequestFailed(failure, context.Request.Method, context.Request.Path);
            problem = new Problem(ProblemTypes.InternalError, "the server failed; its log has the details");
        }

        if (problem is not null && !context.Response.HasStarted)
            await ProblemResponse.WriteAsync(context, problem);
    }
}
