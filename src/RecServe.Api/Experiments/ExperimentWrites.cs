using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Http;
using RecServe.Api.Problems;
using RecServe.Experiments;
using RecServe.Stream;

namespace RecServe.Api.Experiments;

/// <summary><c>PUT /v1/experiments</c>, <c>PATCH</c> and <c>DELETE /v1/experiments/{key}</c>: each sends one experiment's whole definition, or its removal, the way that all others come.</summary>
internal sealed class ExperimentWrites(ExperimentSet experiments, NodeExperiments node, ServingOptions options)
{
    private static readonly TimeSpan LongestPublish = TimeSpan.FromSeconds(5);

    /// <summary>Defines an experiment, new or in place of the one of its key.</summary>
    public async Task PutAsync(HttpContext context)
    {
        (Problem? problem, PublishedExperiment? definition) = await ReadAsync(context, body => PublishedExperiment.Parse(body, null, experiments.File));
        await AnswerAsync(context, problem, definition?.Definition.Key ?? "", definition?.Utf8 ?? default);
    }

    /// <summary>Pauses an experiment, lets it go on, or changes its coverage.</summary>
    public async Task PatchAsync(HttpContext context)
    {
        string key = (string)context.Request.RouteValues["key"]!;
        if (experiments.Snapshot.Find(key) is not { } now)
        {
            await ProblemResponse.WriteAsync(context, ExperimentsEndpoint.Unknown(experiments, key));
            return;
        }

        (Problem? problem, PublishedExperiment? definition) = await ReadAsync(context, body => Change(body, now));
        await AnswerAsync(context, problem, key, definition?.Utf8 ?? default);
    }

    /// <summary>Takes a definition back; an experiment of the file is then run as the file says.</summary>
    public Task DeleteAsync(HttpContext context)
    {
        string key = (string)context.Request.RouteValues["key"]!;
        return experiments.Snapshot.Find(key) is { } now && now != experiments.File.Find(key)
            ? AnswerAsync(context, null, key, default)
            : ProblemResponse.WriteAsync(context, experiments.File.Find(key) is null ? ExperimentsEndpoint.Unknown(experiments, key)
                : new Problem(ProblemTypes.InvalidRequest, $"experiment '{key}' stands in the experiment file alone; pause it, or change the file"));
    }

    private async Task<(Problem? Problem, PublishedExperiment? Definition)> ReadAsync(HttpContext context, Func<ReadOnlyMemory<byte>, PublishedExperiment> read)
    {
        RequestBody body = await RequestBody.ReadAsync(context, Math.Min(options.MaxBodyBytes, ExperimentLimits.DefinitionBytes));
        if (body.Problem is { } unread)
            return (unread, null);
        try
        {
            PublishedExperiment definition = read(body.Bytes.AsMemory(0, body.Length));
            return experiments.Misfit(definition.Definition) is { } misfit ? (Problem.At(ProblemTypes.InvalidRequest, "variations", $"cannot be served: {misfit}"), null) : (null, definition);
        }
        catch (ExperimentFileException failure) when (failure.InnerException is JsonException or InvalidOperationException)
        {
            return (new Problem(ProblemTypes.MalformedJson, $"the body is {failure.Message}"), null);
        }
        catch (ExperimentFileException failure)
        {
            return (failure.Place.Length == 0 ? new Problem(ProblemTypes.InvalidRequest, $"the definition cannot be followed: {failure.Reason}")
                : Problem.At(ProblemTypes.InvalidRequest, failure.Place, failure.Reason), null);
        }
        finally
        {
            body.Return();
        }
    }

    private PublishedExperiment Change(ReadOnlyMemory<byte> body, ExperimentDefinition now)
    {
        (bool? isActive, double? coverage) = ReadChange(body);
        return PublishedExperiment.Change(now, isActive, coverage, experiments.File);
    }

    private static (bool? IsActive, double? Coverage) ReadChange(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ExperimentFileException("expected an object with active, coverage or both");
            bool? isActive = null;
            double? coverage = null;
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.NameEquals("active"u8))
                    isActive = member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? member.Value.GetBoolean() : throw new ExperimentFileException("active", "expected true or false");
                else if (member.NameEquals("coverage"u8))
                    coverage = member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : throw new ExperimentFileException("coverage", "expected a number from 0 to 1");
                else
                    throw new ExperimentFileException(member.Name, "cannot be changed by itself; only active and coverage can, for the rest put the whole definition");
            }

            return isActive is null && coverage is null ? throw new ExperimentFileException("expected an object with active, coverage or both") : (isActive, coverage);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new ExperimentFileException($"not valid JSON: {failure.Message}", failure);
        }
    }

    private async Task AnswerAsync(HttpContext context, Problem? problem, string key, ReadOnlyMemory<byte> definition)
    {
        FreshnessToken? token = null;
        bool visible = false;
        if (problem is null)
            (problem, token, visible) = await PublishAsync(key, definition, context.RequestAborted);
        if (problem is not null)
        {
            await ProblemResponse.WriteAsync(context, problem);
            return;
        }

        await JsonResponse.WriteAsync(context, json =>
        {
            json.WriteString("key"u8, key);
            json.WriteString("token"u8, token!.ToString());
            json.WriteBoolean("visible"u8, visible);
            json.WriteString("durable"u8, node.Source == "kafka" ? "kafka" : visible && node.Consumer.Measure().IsSaved ? "file" : "no");
        });
    }

    private async Task<(Problem? Problem, FreshnessToken? Token, bool Visible)> PublishAsync(string key, ReadOnlyMemory<byte> definition, CancellationToken aborted)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        late.CancelAfter(LongestPublish);
        try
        {
            FreshnessToken token = await node.PublishAsync(key, definition, late.Token);
            return (null, token, await node.Consumer.WaitAsync(token, TimeSpan.FromMilliseconds(options.ReadAfterWaitMs), aborted));
        }
        catch (IOException failure)
        {
            return (new Problem(ProblemTypes.NotTaken, failure.Message), null, false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (new Problem(ProblemTypes.NotTaken, $"the topic of experiments took nothing for {LongestPublish.TotalSeconds:0} s; the definition may still get there"), null, false);
        }
    }
}
