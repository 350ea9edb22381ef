package io.residual.report.page;

/** The style sheet of pages, on the colours of {@link io.residual.report.chart.ChartStyle}. */
final class PageStyle {
    static final String SHEET = """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth}
        body{margin:0 auto;padding:0 1rem 4rem;max-width:76rem;background:var(--paper);color:var(--ink);\
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:break-word}
        header{padding:1.5rem 0 .5rem}
        h1{margin:0;font-size:1.7rem;line-height:1.25}
        header p{margin:.4rem 0 0;color:var(--faint);max-width:48rem}
        h2{margin:2.6rem 0 .8rem;padding-top:.6rem;border-top:1px solid var(--rule);font-size:1.3rem}
        main:focus{outline:none}
        p{max-width:48rem}
        a{color:inherit;text-decoration-color:var(--s0);text-decoration-thickness:.12em;text-underline-offset:.2em}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--s0);outline-offset:2px}
        .skip{position:absolute;left:-100rem}
        .skip:focus{left:1rem;top:.5rem;padding:.5rem 1rem;background:var(--paper)}
        nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.6rem 0 0;padding:0;list-style:none}
        nav a{display:inline-block;padding:.2rem 0}
        figure{margin:0}
        figcaption{font-size:.86rem;line-height:1.4;color:var(--faint)}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1.4rem;margin:1rem 0}
        .charts.single{display:block;max-width:45rem}
        .wide{grid-column:1/-1}
        .chart{display:block;width:100%;height:auto;border:1px solid var(--rule);border-radius:.5rem}
        .charts figcaption{padding:.35rem .2rem 0}
        .scroll,pre{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        caption{padding:.4rem 0;text-align:start;font-size:.9rem;color:var(--faint)}
        th,td{padding:.3rem .7rem;border-bottom:1px solid var(--rule);vertical-align:baseline}
        thead th{font-size:.86rem}
        tbody th{font-weight:400}
        .start{text-align:start}
        .end{text-align:end}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;margin:1rem 0}
        .facts div{padding:.6rem .8rem;border:1px solid var(--rule);border-radius:.5rem}
        .facts dt{font-size:.86rem;color:var(--faint)}
        .facts dd{margin:0}
        .facts .value{font-size:1.45rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
        .facts .detail{font-size:.86rem;color:var(--faint)}
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:1rem;margin:1rem 0;\
        padding:0;list-style:none}
        .gallery img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:.3rem}
        .gallery figcaption{padding-top:.3rem;white-space:pre-line;overflow-wrap:anywhere}
        pre{padding:.8rem;border:1px solid var(--rule);border-radius:.5rem;font-size:.86rem;line-height:1.45}
        p.note{padding:.5rem .9rem;border-left:.25rem solid var(--s1)}
        summary{cursor:pointer;padding:.3rem 0}
        @media (max-width:40rem){table{font-size:.9rem}th,td{padding:.3rem .35rem}}
        @media print{nav,.skip{display:none}body{max-width:none;padding:0;font-size:10pt}\
        figure,tr,.facts div{break-inside:avoid}h2{break-after:avoid}}
        """;

    private PageStyle() {}
}
