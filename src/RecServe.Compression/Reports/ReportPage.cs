using System.Net;
using System.Text;

namespace RecServe.Compression.Reports;

/// <summary>What all report pages share: one file, no scripts, nothing fetched.</summary>
internal static class ReportPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c1f24; --paper: #fff; --soft: #68707c; --grid: #e3e6ea; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #16181c; --soft: #9aa2ae; --grid: #2c3037; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1360px; margin: 0 auto; padding: 24px; }
        h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 0 0 8px; } p { margin: 4px 0; }
        .soft { color: var(--soft); } .figures { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 18px 0 26px; }
        .figures b { display: block; font-size: 24px; font-weight: 600; } .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 34px 30px; }
        svg { width: 100%; height: auto; } .grid { stroke: var(--grid); } .tick, .axis { font-size: 11.5px; fill: var(--soft); }
        .line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; } .bar { opacity: .85; } .legend { font-size: 13px; }
        .key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 5px 0 10px; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; } td, th { text-align: right; padding: 3px 12px 3px 0; border-bottom: 1px solid var(--grid); }
        td:first-child, th:first-child { text-align: left; } th { font-weight: 600; } .wide { overflow-x: auto; margin-top: 34px; }
        """;

    public static readonly string[] Colours = ["#2563c9", "#d9822b", "#2e9e6b", "#b03a8c", "#8a8f98", "#7a5cd1", "#c94040", "#1d98a8", "#a67c1b", "#4c6a3d", "#d46a9f", "#3b4a66"];

    /// <summary>The page up to its heading.</summary>
    public static StringBuilder Begin(string title)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>\n{Style}\n");
        for (int i = 0; i < Colours.Length; i++)
            page.Append($".line.c{i} {{ stroke: {Colours[i]} }} .dot.c{i}, .bar.c{i} {{ fill: {Colours[i]} }} .key.c{i} {{ background: {Colours[i]} }}\n");
        return page.Append($"</style>\n</head>\n<body>\n<h1>{WebUtility.HtmlEncode(title)}</h1>\n");
    }

    /// <summary>A chart under its title.</summary>
    public static void Section(StringBuilder page, string title, SvgChart chart) => page.Append($"<section>\n<h2>{title}</h2>\n{chart.ToSvg(title)}</section>\n");

    /// <summary>The page whole.</summary>
    public static string End(StringBuilder page) => page.Append("</body>\n</html>\n").ToString();
}
