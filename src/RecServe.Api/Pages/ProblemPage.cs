using System.Net;
using Microsoft.AspNetCore.Http;
using RecServe.Api.Problems;

namespace RecServe.Api.Pages;

/// <summary><c>GET /problems</c> and <c>GET /problems/{slug}</c>: what each problem type means.</summary>
internal static class ProblemPage
{
    public static Task List(HttpContext context) => HtmlPage.WriteAsync(context, "Problems",
        "<ul>" + string.Concat(ProblemTypes.All.Select(type =>
            $"<li><a href=\"{type.Uri}\">{type.Slug}</a> ({type.Status}): {WebUtility.HtmlEncode(type.Title)}</li>")) + "</ul>");

    public static Task Show(HttpContext context)
    {
        if (context.Request.RouteValues["slug"] is not string slug || ProblemTypes.Find(slug) is not { } type)
        {
            return ProblemResponse.WriteAsync(context,
                new Problem(ProblemTypes.NotFound, "there is no such problem type; /problems lists all of them"));
        }

        return HtmlPage.WriteAsync(context, type.Title,
            $"<p>HTTP status {type.Status}, <code>\"type\": \"{type.Uri}\"</code></p><p>{WebUtility.HtmlEncode(type.Meaning)}</p><p><a href=\"/problems\">All problems</a></p>");
    }
}
