using System.Net;
using Microsoft.AspNetCore.Http;

namespace RecServe.Api.Pages;

/// <summary>The frame of the server's few plain pages: no scripts, nothing loaded from elsewhere.</summary>
internal static class HtmlPage
{
    private const string Product = "RecServe";

    /// <summary>Writes a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="title">Plain text; null for the home page, which is called as the product is.</param>
    /// <param name="body">HTML; the caller has encoded what came from outside.</param>
    public static Task WriteAsync(HttpContext context, string? title, string body)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        string heading = WebUtility.HtmlEncode(title ?? Product), tab = title is null ? Product : $"{heading} · {Product}";
        return context.Response.WriteAsync(
            $$"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{{tab}}</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}
            code,pre{background:#f3f3f3;padding:.1em .3em;overflow-x:auto}table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}</style>
            </head><body><h1>{{heading}}</h1>{{body}}</body></html>
            """, context.RequestAborted);
    }
}
